/** What forgetting an account does with every column that holds text, JSON, bytes or a list of texts. */
export const TREATMENTS = {
  /** Never holds anything of an account. */
  none: 'nothing: no account can stand here',
  /** The account's id: replaced by the pseudonym. */
  account: 'replaced by the pseudonym where it is the account',
  /** What people or the app wrote about this member: emptied in the account's own rows. */
  own: 'emptied in the rows of the account; the pseudonym where a field of another member names the account',
  /** JSON with accounts in known places. */
  inside: 'the pseudonym at the places that hold an account',
  /** A sentence of Rollcall's or of the vendor's. */
  words: 'searched; the pseudonym wherever the account is named',
  /** Scratch that can be had again. */
  dropped: 'deleted: it is read again',
  /** What people wrote about a group: theirs, and the next read would bring it back. */
  group: 'nothing: it is what people wrote about the group',
} as const
export type Treatment = keyof typeof TREATMENTS

/** Every such column of the schema `rollcall`, by table; a test keeps the list complete. */
export const COLUMNS = {
  source: { name: 'none', vendor: 'none' },
  run: { trigger: 'none', verdict: 'none', reason: 'words', calls: 'none' },
  chat_group: {
    group_id: 'none',
    type: 'none',
    name: 'group',
    owner_id: 'account',
    join_mode: 'none',
    attributes: 'group',
    live: 'group',
  },
  member: { account_id: 'account', name_card: 'own', attributes: 'own', live: 'own' },
  stay: { account_id: 'account', name_card: 'own', attributes: 'own' },
  member_edit: { account_id: 'account', old: 'own', new: 'own' },
  group_event: { kind: 'none', old: 'inside', new: 'inside' },
  group_receipt: { group_id: 'none', reason: 'words' },
  bad_record: { group_id: 'none', account_id: 'account', field: 'none', reason: 'words' },
  limit_row: { source: 'none', endpoint: 'none' },
  ask: { trigger: 'none', scope: 'inside', note: 'words' },
  hint: { group_id: 'none', moves: 'inside' },
  hint_move: { group_id: 'none', account_id: 'account', kind: 'none' },
  run_work: { stopped: 'words', notes: 'words' },
  run_part: { kind: 'none', calls: 'none' },
  run_group: { group_id: 'none', type: 'none', self: 'inside', outcome: 'none', problem: 'words' },
  run_account: { account_id: 'account' },
  walk_page: { group_id: 'none', event: 'dropped' },
  schedule: { source: 'none', pattern: 'none', timezone: 'none' },
  held: { kind: 'none', reason: 'words' },
  held_account: { account_id: 'account' },
  gone_waiting: { group_id: 'none', reason: 'words' },
  import_file: { name: 'words', digest: 'none' },
  imported_group: { group_id: 'none' },
  imported_stay: { group_id: 'none', account_id: 'account', name_card: 'own' },
  imported_edit: { group_id: 'none', account_id: 'account', old: 'own', new: 'own' },
  forgotten: { pseudonym: 'none', replaced: 'none' },
  pseudonym_key: { hash: 'none' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Treatment>>>>
