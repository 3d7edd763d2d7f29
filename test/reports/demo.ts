import { type Book, createBook, setReportNow } from './book.ts'
import { LAST_READ, REPORT_NOW, STORY } from './handmade.ts'

/** The history behind the examples of docs/reports.md: the hand-made one, with mutes, silence, a group nobody may read. */
export async function createDemo(): Promise<Book> {
  const book = await createBook()
  await book.play(STORY)
  const spoke = (days: number) => ({ lastSpokeAt: (REPORT_NOW - days * 86_400) * 1000 })
  book.setMember('hall', 'ann', spoke(2))
  book.setMember('hall', 'dan', spoke(75))
  book.setMember('hall', 'eve', { ...spoke(120), mutedUntil: Number.POSITIVE_INFINITY })
  book.setMember('club', 'pia', { mutedUntil: (REPORT_NOW + 7 * 86_400) * 1000 })
  book.forbidden.add('camp').add('lone')
  book.setReadMs(250)
  await book.sync(LAST_READ, ['hall', 'club', 'tent', 'lone'])
  await book.pool.query(`UPDATE rollcall.chat_group SET member_count = member_count + 1 WHERE group_id = 'tent'`)
  await setReportNow(book.pool, REPORT_NOW)
  return book
}
