import { useState } from 'preact/hooks'
import { ApiError, post } from '../api.ts'

/** Asks for the token once; a cookie that no script can read holds the session. */
export function SignIn({ onDone }: { onDone: () => void }) {
  const [token, setToken] = useState('')
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = (event: Event): void => {
    event.preventDefault()
    setBusy(true)
    post('/api/session', { token })
      .then(onDone)
      .catch((error: unknown) => setFailure(error instanceof ApiError ? error.message : 'This did not work.'))
      .finally(() => setBusy(false))
  }
  return (
    <main class="sign-in">
      <form class="card" onSubmit={submit}>
        <h1>Rollcall</h1>
        <p class="muted">This page needs the token that Rollcall was started with (HTTP_TOKEN).</p>
        <label>
          Token
          <input
            type="password"
            name="token"
            autocomplete="current-password"
            required
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <p class="bad" role="alert">
          {failure}
        </p>
        <button type="submit" class="primary" disabled={busy || token === ''}>
          Sign in
        </button>
      </form>
    </main>
  )
}
