import type { Wire } from './wire.ts'

/** One cheap signed call for `doctor`, and what this vendor has no call for. */
export async function check(wire: Wire, signal: AbortSignal): Promise<string> {
  const clock = await wire.probe(signal)
  const works = `${wire.caller.host} accepts the signature; it has no list of all teams, so they are found by discover.accounts, discover.groups and expand`
  return clock === null ? works : `${works}; ${clock}`
}
