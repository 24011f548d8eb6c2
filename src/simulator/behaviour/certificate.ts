// Behaviours of the certificate, for a simulator that speaks TLS.
import type { Behaviour, Behaviours } from './behaviour.ts'

export const certificate: Behaviours = {
  'certificate-expired': show('that has expired', 'TLS expired', 'expired'),
  'certificate-wrong-host': show('for another host', 'TLS wrong host', 'wrong-host'),
}

function show(how: string, shows: string, fault: NonNullable<Behaviour['certificate']>): Behaviour {
  return {
    does: `shows a certificate ${how}; needs --tls`,
    shows,
    steps: ['authorize'],
    certificate: fault,
  }
}
