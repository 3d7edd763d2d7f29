import { useEffect, useRef, useState } from 'preact/hooks'
import { useData } from '../api.ts'
import { nameOf, plural } from '../format.ts'
import { accountHref, go, groupHref, href } from '../router.ts'
import type { FindAnswer } from '../types.ts'
import { Icon } from './icon.tsx'
import { useLate } from './late.ts'

type Found = FindAnswer['found'][number]
const hrefOf = (found: Found): string =>
  found.what === 'group' ? groupHref(found.source, found.id) : accountHref(found.source, found.id)

/** The box at the top: groups and accounts as you type. `/` goes there, arrows choose, Enter opens. */
export function Search() {
  const [text, setText] = useState('')
  const [open, setOpen] = useState(false)
  const [chosen, setChosen] = useState(-1)
  const input = useRef<HTMLInputElement>(null)
  const asked = useLate(text.trim(), 150)
  const { data } = useData<FindAnswer>(asked === '' ? null : href('/api/find', { q: asked }))
  const found = asked === '' || text.trim() === '' ? [] : (data?.found ?? [])

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
      if (event.key !== '/' || typing || event.metaKey || event.ctrlKey) return
      event.preventDefault()
      input.current?.focus()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])

  const leave = (): void => {
    setOpen(false)
    setChosen(-1)
  }
  const pick = (target: string): void => {
    leave()
    setText('')
    input.current?.blur()
    go(target)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      leave()
      input.current?.blur()
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      setChosen((n) => Math.max(-1, Math.min(found.length - 1, n + step)))
    } else if (event.key === 'Enter' && text.trim() !== '') {
      const one = found[chosen] ?? (found.length === 1 ? found[0] : undefined)
      pick(one === undefined ? href('/groups', { q: text.trim(), state: 'all' }) : hrefOf(one))
    }
  }
  const shown = open && text.trim() !== '' && data !== null
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label="Find a group or an account"
        aria-expanded={shown}
        aria-controls="found"
        aria-autocomplete="list"
        {...(chosen >= 0 ? { 'aria-activedescendant': `found-${chosen}` } : {})}
        placeholder="Find a group or an account"
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value)
          setOpen(true)
          setChosen(-1)
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setTimeout(leave, 150)}
        onKeyDown={onKeyDown}
      />
      <kbd aria-hidden="true">/</kbd>
      {shown && (
        <div class="found" id="found" role="listbox" aria-label="Found">
          {found.map((one, n) => (
            <div
              key={`${one.what}${one.source}${one.id}`}
              id={`found-${n}`}
              role="option"
              aria-selected={n === chosen}
              onMouseDown={(event) => {
                event.preventDefault()
                pick(hrefOf(one))
              }}
            >
              <Icon name={one.what === 'group' ? 'groups' : 'person'} />
              <span class="found-text">
                <bdi>{nameOf(one.name, one.id)}</bdi>
                <small>
                  {one.source} · {one.what === 'group' ? plural(one.members, 'member') : plural(one.members, 'group')}
                </small>
              </span>
            </div>
          ))}
          {found.length === 0 && <p class="found-none">No group or account fits.</p>}
        </div>
      )}
    </div>
  )
}
