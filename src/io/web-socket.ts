// Opens a WebSocket, for protocols that speak in messages.
import type { OpenSocket } from '../context.ts'
import { networkError } from './failure.ts'

/** Opens a WebSocket as the port has it. */
export const openSocket: OpenSocket = async (url, { signal, onMessage, onClose }) => {
  signal.throwIfAborted()
  const { Agent, WebSocket } = await import('./undici.ts')
  // An agent of its own: the default one may be a proxy's.
  const agent = new Agent()
  const socket = new WebSocket(url, { dispatcher: agent })
  let isOpen = false
  let failure: Error | null = null
  return new Promise((resolve, reject) => {
    const fail = () => {
      socket.close()
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', fail, { once: true })
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') onMessage(data)
    })
    socket.addEventListener('error', ({ error }) => {
      failure = networkError(error)
    })
    socket.addEventListener('close', () => {
      signal.removeEventListener('abort', fail)
      void agent.destroy()
      if (isOpen) onClose()
      else reject(failure ?? new Error('The connection was refused'))
    })
    socket.addEventListener('open', () => {
      isOpen = true
      signal.removeEventListener('abort', fail)
      resolve({ send: (text) => socket.send(text), close: () => socket.close() })
    })
  })
}
