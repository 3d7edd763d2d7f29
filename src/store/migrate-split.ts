/** One statement of a script, and where it begins. */
export interface Statement {
  readonly text: string
  /** The line of the script on which it begins, from 1. */
  readonly line: number
}

// What may hold a semicolon without ending a statement, in PostgreSQL's lexical order; then words, for BEGIN ATOMIC.
const TOKEN =
  /--[^\n]*|\/\*|(?<![\w$])[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![\w$])\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|[A-Za-z_][\w$]*|;/g
const ROUTINE = /^create(\s+or\s+replace)?\s+(function|procedure)\b/i

/** Cuts a script into its statements, so that the one that fails can be named and some can run outside a transaction. */
export function splitStatements(script: string): Statement[] {
  const statements: Statement[] = []
  const token = new RegExp(TOKEN)
  let start = -1 // where the statement in hand begins; -1 between statements
  let depth = 0 // open BEGIN ATOMIC and CASE of a routine
  let last = ''
  const finish = (end: number) => {
    if (start >= 0) statements.push({ text: script.slice(start, end).trim(), line: lineAt(script, start) })
    start = -1
    depth = 0
  }
  let end = 0
  for (let match = token.exec(script); match !== null; match = token.exec(script)) {
    const [found] = match
    if (start < 0) start = firstInk(script, end, match.index)
    if (found === '/*') token.lastIndex = endOfComment(script, match.index)
    else if (found.startsWith('$')) token.lastIndex = endOfDollar(script, match.index, found)
    if (found === ';' && depth === 0) finish(match.index)
    else if (!found.startsWith('--') && found !== '/*') {
      if (start < 0 && found !== ';') start = match.index
      const word = found.toLowerCase()
      if (start >= 0 && ROUTINE.test(script.slice(start, start + 60))) {
        if ((word === 'atomic' && last === 'begin') || (word === 'case' && depth > 0)) depth += 1
        else if (word === 'end' && depth > 0) depth -= 1
      }
      last = word
    }
    end = token.lastIndex
  }
  if (start < 0) start = firstInk(script, end, script.length)
  finish(script.length)
  return statements
}

/** The first character between two tokens that is no blank, as an operator or a parenthesis; -1 when there is none. */
function firstInk(script: string, from: number, to: number): number {
  const at = script.slice(from, to).search(/[^\s;]/)
  return at < 0 ? -1 : from + at
}

/** Comments nest in PostgreSQL. */
function endOfComment(script: string, from: number): number {
  const mark = /\/\*|\*\//g
  mark.lastIndex = from
  let depth = 0
  for (let match = mark.exec(script); match !== null; match = mark.exec(script)) {
    depth += match[0] === '/*' ? 1 : -1
    if (depth === 0) return mark.lastIndex
  }
  return script.length
}

function endOfDollar(script: string, from: number, tag: string): number {
  const close = script.indexOf(tag, from + tag.length)
  return close < 0 ? script.length : close + tag.length
}

function lineAt(script: string, index: number): number {
  return script.slice(0, index).split('\n').length
}
