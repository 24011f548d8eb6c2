// Telefónica's page of sample programs, read where it lies: its programs with host, credentials and missing glue put in.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const page = join(import.meta.dirname, '../../../shared/reference/number-verification-samples.md')

export const hasSamplePage = existsSync(page)

/** Where a program finds what it calls. */
export interface Addresses {
  /** The base URL of the aggregator. */
  gateway: string
  /** The origin of the app's backend. */
  app: string
}

/** Reads the code blocks under a title, in the order of the page; the language stands before the title. */
function readBlocks(title: string, count: number): string[] {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/^```(\S+) (.+)\n([^]*?)^```$/gm)]
  const found = blocks.flatMap(([, , name, code]) => (name === title ? [code ?? ''] : []))
  if (found.length !== count) throw new Error(`The page has ${found.length} programs named ${title}`)
  return found
}

/** Replaces what must be there. */
function replace(code: string, what: string | RegExp, by: string): string {
  const changed = code.replace(what, () => by)
  if (changed === code) throw new Error(`The program has no ${what}`)
  return changed
}

function putHosts(code: string, { gateway, app }: Addresses): string {
  return code
    .replaceAll('https://opengateway.aggregator.com', gateway)
    .replaceAll('https://my_app_server', app)
}

/** Gives the frontend that calls fetch, for a number. */
export function readFetchFrontend(addresses: Addresses, phoneNumber: string): string {
  const [code = ''] = readBlocks('HTTP using JavaScript (ES6)', 1)
  return replace(putHosts(code, addresses), '+34555555555', phoneNumber)
}

/** Gives the page with the form; the number is for the user to type. */
export function readFormFrontend(addresses: Addresses): string {
  const [code = ''] = readBlocks('HTML form', 1)
  return putHosts(code, addresses)
}

/** Gives the Flask backend. The glue: the call of the API inside the handler, an answer, and a port. */
export function readFlaskBackend(addresses: Addresses): string {
  const [token = '', api = ''] = readBlocks('Sample HTTP using Python', 2)
  const inHandler = [...api.trimEnd().split('\n'), 'return "Done"'].map((line) => `    ${line}`).join('\n')
  const joined = replace(
    token,
    "\nif __name__ == '__main__':",
    `\n${inHandler}\n\nif __name__ == '__main__':`,
  )
  return putHosts(replace(joined, 'app.run()', `app.run(port=${new URL(addresses.app).port})`), addresses)
}

/** Gives the Express backend. The glue: the call of the API where the token is there, an answer, pages, and a port. */
export function readExpressBackend(addresses: Addresses): string {
  const [token = '', api = ''] = readBlocks('HTTP using Node.js', 2)
  const assignment = 'accessToken = result.access_token\n'
  const joined = replace(token, assignment, `${assignment}${api.trimEnd()}\n.then(() => res.send('Done'))\n`)
  const withPages = replace(
    joined,
    'app.listen(',
    "app.use('/static', express.static('static'))\napp.listen(",
  )
  return putHosts(replace(withPages, 'port = 3000', `port = ${new URL(addresses.app).port}`), addresses)
}
