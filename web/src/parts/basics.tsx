import type { ComponentChildren } from 'preact'
import type { ApiError } from '../api.ts'
import { ago, exactText, timeText } from '../format.ts'
import { Icon, type IconName } from './icon.tsx'

/** A moment as an age; its exact time on hover. */
export const Ago = ({ at }: { at: string }) => (
  <time dateTime={at} title={exactText(at)}>
    {ago(at)}
  </time>
)

export const Time = ({ at }: { at: string }) => (
  <time dateTime={at} title={exactText(at)}>
    {timeText(at)}
  </time>
)

export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'accent'

export const Badge = ({
  tone = 'plain',
  dot = false,
  children,
  title,
}: {
  tone?: Tone
  dot?: boolean
  children: ComponentChildren
  title?: string
}) => (
  <span class={`badge ${tone}`} title={title}>
    {dot && <i class="dot" aria-hidden="true" />}
    {children}
  </span>
)

/** A name that somebody gave: any script and direction, on one line, never more than its place. */
export const Name = ({ children }: { children: string }) => (
  <bdi class="name" title={children}>
    {children}
  </bdi>
)

export function Card({
  title,
  aside,
  children,
  flush = false,
  label,
}: {
  title?: ComponentChildren
  aside?: ComponentChildren
  children: ComponentChildren
  flush?: boolean
  label?: string
}) {
  return (
    <section
      class={`card${flush ? ' flush' : ''}`}
      aria-label={label ?? (typeof title === 'string' ? title : undefined)}
    >
      {title !== undefined && (
        <header class="card-head">
          <h2>{title}</h2>
          {aside !== undefined && <div class="card-aside">{aside}</div>}
        </header>
      )}
      {children}
    </section>
  )
}

export function Figure({
  label,
  value,
  note,
  to,
  tone,
}: {
  label: string
  value: ComponentChildren
  note?: ComponentChildren
  to?: string
  tone?: Tone
}) {
  const inner = (
    <>
      <span class="figure-label">{label}</span>
      <span class={`figure-value ${tone ?? ''}`}>{value}</span>
      {note !== undefined && <span class="figure-note">{note}</span>}
    </>
  )
  return to === undefined ? (
    <div class="figure">{inner}</div>
  ) : (
    <a class="figure" href={to}>
      {inner}
    </a>
  )
}

export const Empty = ({
  icon = 'empty',
  title,
  children,
}: {
  icon?: IconName
  title: string
  children?: ComponentChildren
}) => (
  <div class="empty">
    <Icon name={icon} />
    <strong>{title}</strong>
    {children !== undefined && <p>{children}</p>}
  </div>
)

export const Failed = ({ error, retry }: { error: ApiError; retry?: () => void }) => (
  <div class="empty failed" role="alert">
    <Icon name={error.status === 404 ? 'empty' : 'alert'} />
    <strong>{error.status === 404 ? 'Not found' : 'This could not be loaded'}</strong>
    <p>{error.message}</p>
    {error.status === 404 && <a href="/">To the overview</a>}
    {retry !== undefined && error.status !== 404 && (
      <button type="button" onClick={retry}>
        Try again
      </button>
    )}
  </div>
)

/** Grey lines where something will stand. */
export const Waiting = ({ lines = 5 }: { lines?: number }) => (
  <div class="waiting" role="status" aria-label="Loading">
    {Array.from({ length: lines }, (_, n) => (
      <i key={n} style={{ width: `${92 - ((n * 17) % 45)}%` }} />
    ))}
  </div>
)

export const More = ({ more, busy, load }: { more: boolean; busy: boolean; load: () => void }) =>
  more ? (
    <div class="more">
      <button type="button" onClick={load} disabled={busy}>
        {busy ? 'Loading …' : 'Show more'}
      </button>
    </div>
  ) : null

/** One of a few: a row of buttons. */
export function Segments<T extends string>({
  label,
  value,
  options,
  onPick,
}: {
  label: string
  value: T
  options: readonly (readonly [T, string])[]
  onPick: (value: T) => void
}) {
  return (
    <div class="segments" role="group" aria-label={label}>
      {options.map(([option, text]) => (
        <button type="button" key={option} aria-pressed={option === value} onClick={() => onPick(option)}>
          {text}
        </button>
      ))}
    </div>
  )
}

export function Select({
  label,
  value,
  options,
  onPick,
}: {
  label: string
  value: string
  options: readonly (readonly [string, string])[]
  onPick: (value: string) => void
}) {
  return (
    <select class="select" aria-label={label} value={value} onChange={(event) => onPick(event.currentTarget.value)}>
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </select>
  )
}
