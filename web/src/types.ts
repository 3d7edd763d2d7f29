/** The answers of the API, from the schemas that check them. */
export type * from '../../src/http/answers.ts'
