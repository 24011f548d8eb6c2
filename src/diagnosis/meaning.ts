// What the words of a server mean when its code doesn't say: in English, and in the languages of the first operators.

export type Meaning =
  | 'balance'
  | 'quota'
  | 'not-subscribed'
  | 'suspended'
  | 'not-allowed-line'
  | 'not-served'
  | 'line-barred'
  | 'api-key'
  | 'address'
  | 'roaming'
  | 'consent'
  | 'mobile-network'
  | 'redirect-uri'
  | 'pkce'
  | 'jti'
  | 'audience'
  | 'key-id'
  | 'key-retired'
  | 'keys-unreachable'
  | 'claims'
  | 'claim-form'
  | 'signature'
  | 'algorithm'
  | 'clock'
  | 'lifetime'
  | 'login-hint'
  | 'scope'
  | 'client'
  | 'credentials'
  | 'secret'
  | 'secret-wanted'
  | 'header-missing'
  | 'token-wanted'
  | 'assertion-wanted'
  | 'auth-method'
  | 'client-certificate'
  | 'pushed-request'
  | 'request-object'
  | 'dpop'
  | 'operator-token'
  | 'ciba-mode'
  | 'firewall'
  | 'no-route'
  | 'other-token'
  | 'used'
  | 'expired'

/** What a server says of a JWT. */
export const ofAssertions: ReadonlySet<Meaning | null> = new Set<Meaning>([
  'audience',
  'key-id',
  'key-retired',
  'keys-unreachable',
  'claims',
  'claim-form',
  'signature',
  'algorithm',
  'jti',
  'clock',
  'lifetime',
])

/** What gives a meaning away, the most telling first. */
const signs: ReadonlyArray<[Meaning, RegExp]> = [
  [
    'no-route',
    /^missing authentication token$|invalid key=value pair|not a valid key=value pair|no route matched|no matching (resource|route)|unable to identify proxy|no context-path matches/,
  ],
  [
    'client-certificate',
    /(unknown|untrusted|invalid|rejected) (ssl|tls) certificate|client.certificate|(client|ssl|tls|x\.?509) certificate.{0,40}(missing|required|not (provided|present|sent)|expected)|(missing|required?s?|no) .{0,20}(client|ssl|mtls) certificate|\bmtls\b|tls_client_auth|mutual.tls|certificado de cliente/,
  ],
  [
    'firewall',
    /\bwaf\b|website firewall|mod_?security|(request|access) (was |has been )?(blocked|rejected) by|blocked by (the |a )?(security|firewall|policy)/,
  ],
  [
    'balance',
    /\b(balance|out of credits?|insufficient (credits?|funds)|top.?up|payment required|unpaid)\b|\bsaldo\b|guthaben|\bsolde\b|cr[eé]dit[oe]? (insuf\w+|esaurito|agotado|esgotado|épuisé)/,
  ],
  [
    'quota',
    /\bquota\b|rate.?limit|\brate (was )?exceeded|spike ?arrest|throttl|limit (has been )?exceeded|l[ií]mite (?!de (tiempo|tempo|temps)).{0,30}(superad|superat|excedid|atingid|dépass|atteint)|(superad|superat|excedid|atingid|dépass|atteint)\w* .{0,20}l[ií]mite(?! de (tiempo|tempo|temps))|kontingent|\b(limit|abruf\w*) .{0,20}(überschritten|erreicht|erschöpft)/,
  ],
  [
    'not-subscribed',
    /not (been )?(subscribed|entitled|registered for this plan|enabled for (this|the) api)|no (active )?subscription|\btrial\b.{0,20}\b(ended|expired|over)\b|upgrade your plan|no api ?product|apiproduct|subscription .{0,30}(missing|required|not found|expired|failed)|not registered for (this|the) (plan|api|product)|cannot consume this|(no|não|non) .{0,12}(suscri(t[oa]|pción)|subscrit|abbonat|sottoscritt)|pas .{0,10}abonné|nicht abonniert|\b(kein|keine) .{0,20}abonnement|(pas d.|aucun )abonnement|nessun\w* (abbonamento|sottoscrizione)|\b(no|não|non) (est[aá] |é |(ha|tiene|tem) )?contratad|^(?!.*(rufnummer|telefonnummer|anschluss|sim\b)).*\b(anwendung|applikation|app|api|produkt|schnittstelle)\b.{0,40}\bnicht .{0,20}(freigeschaltet|freigegeben|gebucht)|\bapplication\b.{0,20}pas .{0,10}souscrit|applicazione .{0,10}non .{0,10}abilitata|(aplicación|aplicação|aplicativo) .{0,10}(no|não) (tiene|tem|dispone de) .{0,10}(acceso|acesso) .{0,15}(producto|produto|api)|(sem|nenhuma) (subscrição|assinatura)/,
  ],
  ['clock', /\b(token|jwt|assertion) is not (yet )?active/],
  [
    'suspended',
    /\b(client|application|app|account|consumer|partner)\b.{0,20}\b(revoked|blocked|locked|deleted|removed)\b|\b(suspended|deactivated|disabled|blocked account|inactive|not (yet )?(approved|(in (an )?)?active)|pending approval)\b|suspendid|desactivad|desativad|inativ|inactiv[oa]\b|gesperrt|deaktiviert|suspendu|(aguard|pendiente).{0,25}aprova?[cç]/,
  ],
  [
    'not-allowed-line',
    /^(?!.*(\bip\b|\borigin\b|\b\d{1,3}(\.\d{1,3}){3}\b)).*(white.?list|allow.?list(ed)?)|not (an? )?(authori[sz]ed|registered|allowed|permitted) (test )?(phone )?(number|line|msisdn)|test number|(rufnummer|telefonnummer|número|numéro|numero|msisdn|line|number)\b.{0,40}\b(nicht|no|não|pas|not|non)\b.{0,30}(freigeschaltet|freigegeben|registrier|habilitad|autorizad|registrad|permitid|enregistr|autoris|registered|enabled|provisioned|allowed)/,
  ],
  ['roaming', /\broaming\b|itinerancia/],
  [
    'mobile-network',
    /\b(msisdn|subscriber|line)\b.{0,20}\bip\b.{0,15}\b(mapping|binding)|\bip\b.{0,20}\b(mapping|binding)\b|(identif|recogni[sz]|authenticat)\w* (via|by|through|over) .{0,10}\bip\b.{0,30}(not possible|impossible|fail)|use (the )?(mobile|cellular) (data|network|connection)|\bip( address)?\b.{0,60}\b(operator|carrier|mobile|cellular)\b.{0,20}\b(ip )?(ranges?|pools?|networks?)\b/,
  ],
  [
    'address',
    /(dirección|endereço|indirizzo|adresse|ip)[ -](ip|adresse)\b.{0,40}\b(no|não|non|nicht|pas)\b|\b(source |client |your )?ip( address)?\b(?:[^.]|\.\d){0,40}\b(not|blocked|denied|forbidden|unauthori[sz]ed|restricted)|\b(not|blocked|denied)\b.{0,40}\bip address|\b(ip( address)?|origin) .{0,30}\b\d{1,3}(\.\d{1,3}){3}\b(?:[^.]|\.\d){0,30}\b(rejected|not|refused|blocked|denied)/,
  ],
  ['dpop', /\bdpop\b/],
  [
    'pushed-request',
    /\bpar\b|pushed.?authori[sz]ation|request_uri.{0,30}(required|missing)|only .{0,20}\brequest_uri\b/,
  ],
  [
    'request-object',
    /request object.{0,40}(required|missing|mandatory|must)|(missing|requires?|must) .{0,40}request object|\bsigned request|(unsigned|not signed) .{0,30}requests? .{0,30}(not|forbidden|rejected|refused)|['"`]?request['"`]? parameter.{0,20}(required|missing|mandatory)/,
  ],
  [
    'ciba-mode',
    /client_notification_token|notification endpoint|(ping|push|poll) (mode|delivery)|delivery mode/,
  ],
  [
    'consent',
    /\bconsent\b|user (has )?(denied|refused|rejected|cancell?ed)|denied by the user|resource owner denied|consentimiento|einwilligung|consentement/,
  ],
  ['api-key', /\b(api|subscription|rapidapi).?key\b|x-rapidapi/],
  ['login-hint', /login.?hint/],
  ['operator-token', /ts\.?43|operator.?token|temporary token|sim token/],
  [
    'mobile-network',
    /mobile (data|network|connection)|cellular|mobil veri|data seluler|dane komórkowe|мобильн\w* (данн|интернет|сет)|移动数据|モバイルデータ|모바일 데이터|मोबाइल डेटा|by its ip|header enrichment|wi-?fi|msisdn header|missing msisdn|\b(line|subscriber|msisdn|sim) .{0,15}not (be )?(identified|recogni[sz]ed)|operator lookup|(not|unable to|failed to|can't) (identify|recogni[sz]e) .{0,20}\b(line|subscriber|msisdn|sim)\b|(no|não|ne|nicht).{0,30}(identific|identifiz|reconoc|reconhec|erkannt|identifi)\w*.{0,20}(línea|linha|rufnummer|anschluss|ligne|msisdn)|(línea|linha|ligne) (no|não|non) (identificad|reconocid|reconhecid|identifiée)|datos móviles|red móvil|mobilfunk|mobile daten|dados móveis|données mobiles|rete mobile/,
  ],
  [
    'redirect-uri',
    /redirect(ion)?.?ur[il]|callback.?ur[il]|reply.?ur[il]|registered callback|ur[il] de redirec|redirec.{0,20}ur[il]|redirect_?mismatch|reply address|weiterleitungs|redirect-ur[il]|ur[il] de redirection/,
  ],
  ['pkce', /\bpkce\b|code.?verifier|code.?challenge/],
  [
    'jti',
    /\b(jti|jwt id)\b.{0,60}\b(already|used|reused?|unique|duplicate|seen|before|consumed)|\b(already|duplicate|reused?)\b.{0,30}\bjti\b|replay|assertion .{0,30}(already|before)/,
  ],
  [
    'other-token',
    /audiences? in (jwt|token)|(jwt|token) issuer|issuer (of the (jwt|token) )?(is )?not (configured|trusted|allowed)|unknown issuer|invalid issuer|token .{0,30}(different|another|other) (environment|audience|issuer|api|tenant|realm|country)|token .{0,20}issued (by|for|in) .{0,40}(tenant|realm|environment|sandbox|production|can ?not be used)/,
  ],
  [
    'secret-wanted',
    /\bclient.?secret['"`]?\b.{0,20}\b(missing|required|not (provided|present|sent|found|contained|included|supplied|given)|must (be|not be))\b|(missing|requires?|no|(must|should) contain)\b.{0,60}['"` ]client.?secret\b/,
  ],
  [
    'header-missing',
    /\bauthori[sz]ation.?(http )?(header|field)\b.{0,30}\b(missing|required|not (present|provided|found|set)|empty)|\b(missing|no)\b .{0,15}\bauthori[sz]ation.?(http )?header/,
  ],
  [
    'token-wanted',
    /(?<!invalid )\b(access|bearer) token\b (is |was )?(missing|required|not (present|provided|found))|\b(missing|no)\b (or invalid )?(access|bearer) token/,
  ],
  [
    'assertion-wanted',
    /client_assertion(_type)?\b.{0,40}(required|missing|must)|(missing|requires?) .{0,20}client_assertion(_type)?\b/,
  ],
  [
    'auth-method',
    /supports client authentication method|(authentication|auth)[ _](method|type).{0,40}(not|un)[ -]?(allow(ed)?|supported|permitted|registered|authori[sz]ed|accepted)|(unsupported|wrong|invalid) (client )?auth\w* method/,
  ],
  [
    'keys-unreachable',
    /(unable|failed|can ?not|could not|error|timeout|timed out)\b.{0,40}\b(load|fetch|retriev|download|read|get|resolv)\w*.{0,40}\b(jwks\w*|public keys|key set)|\bjwks\w*\b.{0,60}(refused|timed? ?out|unreachable|not reachable|could not|failed)/,
  ],
  [
    'key-retired',
    /\bkey\b.{0,40}\b(expired|revoked|disabled|retired|no longer)\b|\b(expired|revoked) .{0,15}\bkey\b/,
  ],
  ['algorithm', /\balg\b|algorithm/],
  [
    'claim-form',
    /\b(jti|nbf|iat|exp|iss|sub)\b( claim)? (is )?(required|missing)|\bjti\b must|\bmissing\b.{0,20}\b(jti|nbf|iat|exp|iss|sub)\b/,
  ],
  ['audience', /\baud\b|\baudience\b/],
  [
    'claims',
    /\b(iss|sub)\b (claim|.{0,40}\b(must|match|equal|differ|resolve|valid))|\b(issuer|subject)\b.{0,30}client.?id/,
  ],
  [
    'key-id',
    /\bkid\b|key.?id\b|\bno jwks\b|thumbprint|\bkey was not found|(no|unknown|find) .{0,30}\b(jwk|public key|matching key|signing key)\b/,
  ],
  ['signature', /\bsignature\b|signed (by|with) .{0,30}(wrong|unknown)/],
  [
    'lifetime',
    /(lifetime|validity|\bexp|expir(y|ation)( time)?)\b.{0,30}(exceeds|too (long|far|large)(?! in the past)|longer than|maximum)|lives? too long/,
  ],
  [
    'clock',
    /\b(iat|nbf)\b|in the future|not yet valid|valid time range|clock|too far|(assertion|jwt|(?<!refresh |access )token|proof|request object) .{0,40}expired|expired .{0,10}(assertion|jwt)/,
  ],
  [
    'scope',
    /\bscopes?\b|\bpurpose\b.{0,20}\b(missing|required|not|invalid|unknown)|\bámbito|\bgeltungsbereich/,
  ],
  ['client', /(application|client) with (the )?(id|identifier)\b/],
  [
    'not-served',
    /^(?!.*\b(temporar|currently|at the moment|maintenance|try again)).*(no subscriber|subscriber .{0,20}not found|unknown (user|subscriber|msisdn|number)|(operator|carrier|number|identifier) .{0,30}not (available|supported|applicable|found)|service .{0,30}not (available|supported|applicable)|(another|other|different|foreign) (operator|carrier|network)|\bported\b|(lines?|subscriptions?|contracts?|prepaid) .{0,20}not supported|not a (subscriber|customer))/,
  ],
  // It doesn't say which of the two is wrong.
  [
    'credentials',
    /\b(client|application|app|id(entifier)?|client.?id|user(name)?|key)( ?[,/] ?| (or|and|and\/or|und|oder|y|o|et|ou|e) )(the |its )?(client.?)?(secret|credentials|password)/,
  ],
  [
    'secret',
    /(segredo|secreto|geheimnis)\b.{0,40}(expir|inv[aá]lid|incorre|abgelaufen|falsch|caduca)|(invalid|wrong|incorrect|bad|expired) (client.?)?secret|validating .{0,10}secret|(client.?)?secret\b.{0,60}\b(invalid|wrong|incorrect|expired|not (match|valid|correct))/,
  ],
  [
    'credentials',
    /bad credentials|(invalid|wrong|incorrect) (\w+ )?(credentials|password)|credencia(l|is) inv[aá]lid|credentials (are|were) (invalid|wrong|incorrect|not valid)|credenciales (incorrectas|inválidas|no válidas)|contraseña|zugangsdaten|anmeldedaten|inloggegevens|identifiants (invalides|incorrects)|credenciais/,
  ],
  [
    'client',
    /client.?id(entifier)?\b|(unknown|invalid|no such) (client|application|app)\b|(client|application)\b.{0,60}(unknown|not found|does not exist|was deleted)|(aplicación|aplicação|aplicativo|cliente) .{0,20}(desconocid|desconhecid|no (existe|encontrad)|não (existe|encontrad))|(anwendung|client) .{0,20}(unbekannt|nicht gefunden)/,
  ],
  ['credentials', /client.?auth(entication)?.?fail/],
  [
    'used',
    /\b(already|been|was|previously) (used|redeemed|consumed|exchanged)|used (before|twice|up)|\b(già|ya|já) .{0,15}(utili[zs]|usa)|bereits .{0,15}(verwendet|benutzt|eingelöst)|déjà .{0,10}utilis/,
  ],
  ['expired', /\bexpired?\b|caducad|vencid|expirad|expirou|abgelaufen|expiré|scadut|verlopen/],
]

/** How much of what a server says is looked at. */
const maxLength = 2000

/**
 * What servers recite from the standard: everything that can be wrong with a grant, which says nothing about this one.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
const recital =
  /\b(invalid|incorrect|malformed|unknown|wrong|bad)\b\s*(,|\/|or)\s*(or )?(has )?(expired|revoked|used)\b|\bexpired\b\s*(,|\/|or)\s*(or )?(revoked|invalid|already|used)\b|\bcode\b,? or (the )?(pkce|code.?verifier)/

/** What is suspended or unpaid may be the line of the phone, not the account of whoever asks. */
const ofLine =
  /\b(sims?|sim-karte|lines?|msisdn|subscribers?|phone number|número|numero|numéro|l[ií]nea|linha|ligne|rufnummer|anschluss)\b|\buser (has|did|opted)/
const ofAccount =
  /\b(client|application|app|account|tenant|api|consumer|organi[sz]ation|partner|credits?|cuenta|konto|conta|compte)\b|anwendung|aplicaci|aplicaç/

/** Says what the words of a server mean; null when they don't tell. */
export function meaningOf(...texts: ReadonlyArray<string | null>): Meaning | null {
  const text = texts
    .flatMap((part) => (part === null ? [] : [part.slice(0, maxLength)]))
    .join(' ')
    .toLowerCase()
    // A server may repeat the address that it was asked for, with every parameter.
    .replace(/(?:https?:\/)?\/[^\s?]*\?\S*/g, ' ')
    // Examples of what can be wrong tell nothing of this one.
    .replaceAll(/\(e\.g\.[^)]*\)/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  const isAboutAssertion = /assertion|jwt|dpop|proof/.test(text)
  if (recital.test(text) && !isAboutAssertion) return null
  const found = signs.find(([, sign]) => sign.test(text))?.[0] ?? null
  const isOfLine =
    (found === 'suspended' || found === 'balance') && ofLine.test(text) && !ofAccount.test(text)
  return isOfLine ? 'line-barred' : found
}

/** What a server objects to in a DPoP proof. */
export type ProofFlaw = 'url' | 'algorithm' | 'clock' | 'used' | 'key'

const proofSigns: ReadonlyArray<[ProofFlaw, RegExp]> = [
  ['url', /\bht[mu]\b/i],
  ['algorithm', /\balg\b|algorithm/i],
  ['clock', /\b(iat|nbf|exp)\b|expired|clock|too (old|far)|in the future|time window/i],
  ['used', /\bjti\b|replay|already|reuse/i],
  ['key', /\b(ath|jkt|cnf|jwk|thumbprint|binding|bound)\b|\bkey\b.{0,40}\bmatch/i],
]

/** Says what the words of a server object to in a DPoP proof; null when they don't tell. */
export function proofFlawOf(says: string | null): ProofFlaw | null {
  const text = (says ?? '').slice(0, maxLength)
  return proofSigns.find(([, sign]) => sign.test(text))?.[0] ?? null
}
