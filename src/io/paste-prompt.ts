// A question with a clock: shows what is waited for, and takes a pasted line without echoing it.
import {
  createPrompt,
  isEnterKey,
  makeTheme,
  useEffect,
  useKeypress,
  usePrefix,
  useState,
} from '@inquirer/core'

interface PasteConfig {
  message: string
  waiting: () => string
  reject: (text: string) => string | null
}

const tickMs = 1000

/** Asks for a line. What is typed shows as a count of characters, because it holds an authorization code. */
export const pastePrompt = createPrompt<string, PasteConfig>(({ message, waiting, reject }, done) => {
  const [status, setStatus] = useState<'loading' | 'done'>('loading')
  const [typed, setTyped] = useState('')
  const [problem, setProblem] = useState('')
  const [, setTick] = useState(0)
  const theme = makeTheme({})
  const prefix = usePrefix({ status, theme })

  useEffect(() => {
    let ticks = 0
    const timer = setInterval(() => setTick((ticks += 1)), tickMs)
    return () => clearInterval(timer)
  }, [])

  useKeypress((key, line) => {
    if (!isEnterKey(key)) {
      setTyped(line.line)
      setProblem('')
      return
    }
    const refusal = typed.trim() === '' ? '' : reject(typed)
    if (refusal === null) {
      setStatus('done')
      done(typed)
    } else {
      line.clearLine(0)
      setTyped('')
      setProblem(refusal)
    }
  })

  const count = typed === '' ? '' : theme.style.highlight(`${typed.length} characters, press Enter`)
  return [`${prefix} ${waiting()}\n  ${message}: ${count}`, problem && theme.style.error(problem)]
})
