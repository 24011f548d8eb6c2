// What tells two addresses apart that should be one.

/** How a browser's address differs from the one that was asked for, in words; null when they have little in common. */
export function describeDifference(wanted: string, found: string): string | null {
  if (!URL.canParse(wanted) || !URL.canParse(found)) return null
  const [ours, theirs] = [new URL(wanted), new URL(found)]
  const parts = [
    ours.protocol === theirs.protocol
      ? null
      : `the scheme is ${theirs.protocol.slice(0, -1)} instead of ${ours.protocol.slice(0, -1)}`,
    ours.hostname === theirs.hostname ? null : `the host is ${theirs.hostname} instead of ${ours.hostname}`,
    ours.port === theirs.port
      ? null
      : `the port is ${theirs.port === '' ? 'the default one' : theirs.port} instead of ${ours.port === '' ? 'the default one' : ours.port}`,
    describePathDifference(ours.pathname, theirs.pathname),
    theirs.search.slice(1).includes('?') ? 'the query has a second ?' : null,
    theirs.hash === '' || ours.hash === theirs.hash ? null : 'the response is behind a #',
  ].filter((part) => part !== null)
  const isNear =
    parts.length > 0 &&
    parts.length <= 2 &&
    (ours.hostname === theirs.hostname || ours.pathname === theirs.pathname)
  return isNear ? `The difference: ${parts.join(', and ')}` : null
}

function describePathDifference(ours: string, theirs: string): string | null {
  if (ours === theirs) return null
  if (`${ours}/` === theirs) return 'there is a slash at the end'
  if (ours === `${theirs}/`) return 'the slash at the end is missing'
  if (ours.toLowerCase() === theirs.toLowerCase())
    return `the path is ${theirs} instead of ${ours}: upper and lower case differ`
  return `the path is ${theirs} instead of ${ours}`
}
