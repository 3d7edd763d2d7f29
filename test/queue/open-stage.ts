import { cloneDatabase } from '../support/database.ts'
import { openStageOn, type StageOptions } from './stage.ts'

/** A stage on a database of this test's own. */
export async function openStage(options: StageOptions) {
  return openStageOn(await cloneDatabase(), options)
}
