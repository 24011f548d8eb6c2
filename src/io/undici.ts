// The part of undici that is used: a bundle gives a CommonJS package imported on demand no named exports.
export { Agent, Pool, ProxyAgent, WebSocket } from 'undici'
