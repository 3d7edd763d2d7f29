import { afterEach } from 'vitest'
import { wrongSums } from './facts.ts'
import { createRig, overlaps, type Rig, type RigOptions } from './rig.ts'

/**
 * Makes rigs that end with their test. What must always hold is looked at then: no stay overlaps another, and the sums
 * that are kept are those of the rows.
 */
export function rigsOfTest(): (options?: RigOptions) => Promise<Rig> {
  const rigs: Rig[] = []
  afterEach(async () => {
    const ended = rigs.splice(0)
    const faults = await Promise.all(
      ended.map(async ({ pool }) => [...(await wrongSums(pool)), ...((await overlaps(pool)) > 0 ? ['overlaps'] : [])]),
    )
    await Promise.all(ended.map((rig) => rig[Symbol.asyncDispose]()))
    if (faults.flat().length > 0) throw new Error(`after the test: ${JSON.stringify(faults.flat(), asText)}`)
  })
  return async (options) => {
    const rig = await createRig(options)
    rigs.push(rig)
    return rig
  }
}

const asText = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)
