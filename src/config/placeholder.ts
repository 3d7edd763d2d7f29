const WORDS = new Set(
  `changeme change placeholder todo tbd fixme dummy example sample secret mysecret password passwd none null undefined
  key secretkey appkey appsecret clientid clientsecret token foo bar foobar test abc abc123 123456 12345678 1234567890`.split(
    /\s+/,
  ),
)

const SHAPES = [
  /^<.*>$/s, // <secret>
  /^\[.*\]$/s, // [secret]
  /^\{.*\}$/s, // {secret}, {{secret}}
  /\$\{/, // a ${NAME} that nothing replaced
  /^(.)\1*$/s, // xxx, ***, 000000
  /^[x*.\-_]+$/i,
  /^(my|your|the|insert|replace|enter)[-_ ]/i, // your-secret-key
  /^(your|insert|replace|enter)(secret|key|app|client|token)/i,
  /change[-_ ]?me|replace[-_ ]?me|[-_ ](goes[-_ ])?here$/i,
  /x{6,}/i,
]

/** Whether a secret is what a template leaves behind (`xxx`, `changeme`, `<secret>`, `your-secret-key`, `TODO`). */
export function looksLikePlaceholder(secret: string): boolean {
  const word = secret.trim().toLowerCase()
  return WORDS.has(word.replaceAll(/[-_ ]/g, '')) || SHAPES.some((shape) => shape.test(word))
}
