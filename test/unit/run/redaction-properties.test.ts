// What holds for redaction whatever it is given: it never throws, keeps JSON what it is, and is done after once.
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../../src/run/redaction.ts'
import { secretsIn } from '../../../src/run/secrets.ts'
import { createRandom, makeJson, makeText, type Random } from '../../support/hostile-generator.ts'

const rounds = 300

const fixed = [
  'Zk3/q9=Lw&7"pX2vB8é',
  'no',
  'k9xq',
  'test-secret',
  'a'.repeat(70),
  '\ud800',
  '\0',
  '[redacted]',
  '"',
  '{',
]

function makeRedactor(random: Random) {
  const secrets = Array.from({ length: random.below(6) }, () =>
    random.below(2) === 0 ? random.pick(fixed) : makeText(random, 8),
  )
  const redactor = createRedactor()
  for (const secret of secrets) redactor.conceal(secret)
  if (random.below(2) === 0) redactor.mask(random.pick(['+34600123456', '+12345', '+123456789012345']))
  const forms = secrets.flatMap((secret) => [
    secret,
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('hex'),
    JSON.stringify(secret),
    secret.slice(0, 12),
  ])
  return { redactor, forms: [...forms, '34600123456', '600123456', '12345'] }
}

/** The value without what its strings, names and numbers say. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value === 'object' && value !== null) return Object.values(value).map(shapeOf)
  return value === null || typeof value === 'boolean' ? value : typeof value
}

describe(`in ${rounds} texts made at random`, () => {
  it('nothing throws, and what is redacted stays as it is', () => {
    for (let seed = 0; seed < rounds; seed++) {
      const random = createRandom(seed)
      const { redactor, forms } = makeRedactor(random)
      const text = makeText(random, 40, forms)
      const once = redactor.text(text)
      expect({ seed, text: redactor.text(once) }).toEqual({ seed, text: once })
      const headers = redactor.headers([
        [random.pick(['cookie', 'set-cookie', 'authorization', 'location', 'x']), text],
      ])
      expect({ seed, headers: redactor.headers(headers) }).toEqual({ seed, headers })
    }
  })

  it('JSON stays JSON of the same shape', () => {
    for (let seed = 0; seed < rounds; seed++) {
      const random = createRandom(seed)
      const { redactor, forms } = makeRedactor(random)
      const value = { root: makeJson(random, 4, forms) }
      const text = JSON.stringify(value, null, random.below(3))
      const once = redactor.body(text)
      // A secret that is a name goes too, so that two may become the same.
      const members = (json: string) => JSON.parse(json.replaceAll('"__proto__"', '"x"')) as unknown
      const isDoubled = /"[^"]*\[redacted\][^"]*"\s*:/.test(once)
      if (isDoubled) members(once)
      else expect({ seed, shape: shapeOf(members(once)) }).toEqual({ seed, shape: shapeOf(value) })
      expect({ seed, text: redactor.body(once) }).toEqual({ seed, text: once })
    }
  })

  it('a secret that nothing looks like is gone, wherever it was put', () => {
    const secret = 'Zk3/q9=Lw&7"pX2vB8é'
    for (let seed = 0; seed < rounds; seed++) {
      const random = createRandom(seed)
      const { redactor } = makeRedactor(random)
      redactor.conceal(secret)
      const result = redactor.body(`${makeText(random, 20)} ${secret} ${makeText(random, 20)}`)
      expect(result).not.toContain('q9=Lw')
    }
  })

  it('secrets are looked for without a throw', () => {
    for (let seed = 0; seed < rounds; seed++) {
      const random = createRandom(seed)
      const text = makeText(random, 40)
      const body = random.below(2) === 0 ? text : JSON.stringify(makeJson(random, 4))
      const name = random.pick(['cookie', 'set-cookie', 'authorization', 'location', 'x'])
      const message = {
        headers: [[name, text]] as const,
        body: { text: body, byteLength: 0, isCut: false },
        url: text,
      }
      expect(Array.isArray(secretsIn(message))).toBe(true)
    }
  })
})
