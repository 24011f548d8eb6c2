// Requests that got no complete response.
import { type Entry } from './words.ts'

export const network: Readonly<Record<string, Entry>> = {
  host_not_found: ({ host }) => ({
    title: `The host ${host} can't be found`,
    cause: 'Its name does not resolve: a typo in the URL, no network, or a DNS that does not know it.',
    fix: 'Check the URL and the network of this machine.',
  }),
  connection_refused: ({ host }) => ({
    title: `${host} refused the connection`,
    cause: 'Nothing listens on that port, or a firewall answers for it.',
    fix: 'Check host and port of the URL; for the simulator, check that `nv simulate` still runs.',
  }),
  connection_lost: ({ host }) => ({
    title: `${host} ended the connection before its answer was complete`,
    cause: 'The server or something in between (a proxy, a load balancer) closed it.',
    fix: 'Try again; if it stays so, ask the operator of the gateway with the time and the x-correlator.',
  }),
  request_timeout: ({ host, seconds }) => ({
    title: `${host} gave no complete answer${seconds ? ` within ${seconds} s` : ' in time'}`,
    cause: 'The server is slow or down, or a firewall drops the packets.',
    fix: 'Check that this machine may reach the host (proxy, firewall), then try again.',
  }),
  network_unreachable: ({ host }) => ({
    title: `There is no route to ${host}`,
    cause: 'This machine has no network, or none that leads there.',
    fix: 'Check the network, VPN and proxy of this machine.',
  }),
  no_common_family: ({ host, message }) => ({
    title: `${host} can't be reached from the address that was chosen`,
    cause: `${message}: an IPv4 address reaches IPv4 only, and an IPv6 address IPv6.`,
    fix: 'Give --local-address an address of the other family, or --interface one that has both.',
  }),
  certificate_expired: ({ host }) => ({
    title: `The certificate of ${host} is outside its dates`,
    cause: 'It has expired or is not valid yet, or the clock of this machine is wrong.',
    fix: 'Check the clock; if it is right, tell the operator of the gateway.',
  }),
  certificate_wrong_host: ({ host }) => ({
    title: `The certificate of ${host} is for another host`,
    cause: 'The URL names the wrong host, or a proxy answers in its place.',
    fix: 'Check the URL.',
  }),
  certificate_untrusted: ({ host }) => ({
    title: `The certificate of ${host} is not trusted`,
    cause:
      "It is self-signed, or signed by an authority this machine does not know, as a company's proxy does.",
    fix: "Give that authority's certificate with --ca <file.pem> or NV_CA; `nv simulate --tls` prints the line for its own.",
  }),
  tls_failed: ({ host, error }) => ({
    title: `${host} does not speak TLS there (${error})`,
    cause: 'A server that speaks plain http, or another protocol, answers on that port.',
    fix: 'Check the port of the URL.',
  }),
  proxy_failed: ({ host, message }) => ({
    title: `The proxy did not let the request to ${host} through`,
    cause: `${message}.`,
    fix: 'Check HTTPS_PROXY, or --proxy and the proxy of the profile; NO_PROXY names the hosts that need none.',
  }),
  proxy_credentials: ({ host }) => ({
    title: `A proxy before ${host} wants credentials (HTTP 407)`,
    cause: 'The request did not reach the gateway, or a proxy on its side answered.',
    fix: 'Give them in HTTPS_PROXY=http://user:password@proxy:port, or leave the host out with NO_PROXY.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.5.8',
  }),
  port_blocked: ({ host }) => ({
    title: `Nothing can be sent to ${host}: the port is blocked`,
    cause: 'Browsers and fetch refuse the ports of other protocols, as those of mail or X11.',
    fix: 'Let the gateway listen on another port.',
    reference: 'https://fetch.spec.whatwg.org/#port-blocking',
  }),
  response_too_large: ({ host }) => ({
    title: `The answer of ${host} is too large`,
    cause: 'More than 1 MiB came where a few hundred bytes were due: this is not the endpoint.',
    fix: 'Check the URL.',
  }),
  body_damaged: ({ host, error }) => ({
    title: `The answer of ${host} can't be unpacked (${error})`,
    cause: 'Its body is not compressed as its Content-Encoding says; a proxy that changes bodies does that.',
    fix: 'Try again from another network; if it stays so, tell the operator of the gateway.',
  }),
  network_error: ({ host, error, message }) => ({
    title: `The request to ${host} failed: ${error}`,
    cause: `${message}`,
    fix: 'Check the URL and the network of this machine, then try again.',
  }),
}
