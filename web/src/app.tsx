import { useEffect, useState } from 'preact/hooks'
import { whenSignedOut } from './api.ts'
import { Empty } from './parts/basics.tsx'
import { Shell } from './parts/shell.tsx'
import { usePlace } from './router.ts'
import { AccountPage } from './views/account.tsx'
import { ChangesPage } from './views/changes.tsx'
import { GroupPage } from './views/group.tsx'
import { GroupsPage } from './views/groups.tsx'
import { HeldPage } from './views/held.tsx'
import { OverviewPage } from './views/overview.tsx'
import { ReportPage } from './views/report.tsx'
import { ReportsPage } from './views/reports.tsx'
import { RunPage } from './views/run.tsx'
import { RunsPage } from './views/runs.tsx'
import { SignIn } from './views/sign-in.tsx'

export function App() {
  const { path } = usePlace()
  const [signedOut, setSignedOut] = useState(false)
  useEffect(() => whenSignedOut(() => setSignedOut(true)), [])
  if (signedOut) return <SignIn onDone={() => setSignedOut(false)} />
  return <Shell path={path}>{viewOf(path)}</Shell>
}

/** One line a view. */
function viewOf(path: string) {
  const [, room = '', first, ...others] = path.split('/')
  const rest = decode(others.join('/'))
  switch (room) {
    case '':
      return <OverviewPage />
    case 'groups':
      return first === undefined || first === '' ? (
        <GroupsPage />
      ) : (
        <GroupPage key={path} source={first} groupId={rest} />
      )
    case 'accounts':
      return <AccountPage key={path} source={first ?? ''} accountId={rest} />
    case 'changes':
      return <ChangesPage />
    case 'runs':
      return first === undefined || first === '' ? <RunsPage /> : <RunPage key={path} id={first} />
    case 'held':
      return <HeldPage />
    case 'reports':
      return first === undefined || first === '' ? <ReportsPage /> : <ReportPage key={path} name={first} />
    default:
      return <Empty title="There is nothing here">The address may be mistyped, or what it showed is gone.</Empty>
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
