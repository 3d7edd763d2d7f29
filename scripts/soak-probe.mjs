// Loaded into the program under watch, and asked through the IPC channel: what it holds on to, after a full collection.
import { getEventListeners } from 'node:events'

const signals = new Set()
const known = new WeakSet()
AbortSignal.prototype.addEventListener = function (...args) {
  if (!known.has(this)) {
    known.add(this)
    signals.add(new WeakRef(this))
  }
  return Reflect.apply(Reflect.get(EventTarget.prototype, 'addEventListener'), this, args)
}
let warnings = 0
process.on('warning', ({ name }) => {
  if (name === 'MaxListenersExceededWarning') warnings += 1
})

process.on('message', () => {
  globalThis.gc?.()
  let abort = 0
  for (const one of signals) {
    const signal = one.deref()
    if (signal === undefined) signals.delete(one)
    else abort += getEventListeners(signal, 'abort').length
  }
  const own = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
  const { rss, heapUsed, external } = process.memoryUsage()
  const resources = process.getActiveResourcesInfo().length
  process.send?.({ rss, heap: heapUsed + external, listeners: abort + own, resources, warnings })
})
// Asking must not keep the program alive.
process.channel?.unref()
