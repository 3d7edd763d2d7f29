/** A vendor error as the reason to stop answering; the dialect turns it into the body. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly code: number
  constructor(code: number, message = errorText(code)) {
    super(message)
    this.code = code
  }
}

const texts: Record<number, string> = {
  403: 'forbidden',
  404: 'object not found',
  414: 'parameter error',
  416: 'rate limit exceeded',
  449: 'need retry',
  500: 'internal server error',
  503: 'server busy',
  101301: 'im not enabled',
  101303: 'app key not exist',
  102404: 'account not exist',
  102422: 'account banned',
  102449: 'account need retry',
  108302: 'not advanced team',
  108311: 'super team service disabled',
  108314: 'too many teams per query',
  108404: 'team not exist',
  108449: 'team need retry',
  109404: 'team member not exist',
  109427: 'no permission',
  109432: 'no permission',
  109449: 'team member need retry',
}

export const errorText = (code: number): string => texts[code] ?? `error ${code}`

/** The codes of this vendor: three digits, or 1, the resource and three more. */
export const isCode = (name: string): boolean => name !== '200' && /^([2-5]\d\d|1\d{5})$/.test(name)
