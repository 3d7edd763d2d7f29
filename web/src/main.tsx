import { render } from 'preact'
import '@fontsource-variable/inter/wght.css'
import './styles/base.css'
import './styles/layout.css'
import './styles/parts.css'
import './styles/views.css'
import { App } from './app.tsx'
import { applyTheme } from './parts/theme.ts'
import { catchLinks } from './router.ts'

applyTheme()
catchLinks()
const root = document.getElementById('app')
if (root !== null) render(<App />, root)
