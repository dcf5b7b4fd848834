import type { WarningTexts } from '../warning-texts.ts';

export const dutch: WarningTexts = {
  title: 'Wees voorzichtig met dit bericht',
  cameThrough: (vendor) =>
    `Het kwam via ${vendor}, maar lijkt niet op wat daar gewoonlijk vandaan komt:`,
  differs: (vendor) =>
    `Het kwam via ${vendor}, maar lijkt niet op wat daar gewoonlijk vandaan komt.`,
  claims: (vendor) => `Het zegt van ${vendor} te komen, en dat kon niet worden bevestigd.`,
  unchecked: (vendor) =>
    `Het kwam via ${vendor}, maar is zo gemaakt dat het niet kon worden gecontroleerd.`,
  unusual: {
    phone: 'Het bevat een telefoonnummer dat nieuw is voor deze afzender.',
    wallet: 'Het bevat een adres voor betalingen in cryptovaluta.',
    link: 'Het leidt naar een webadres dat nieuw is voor deze afzender.',
    'reply-address': 'Het noemt een e-mailadres dat nieuw is voor deze afzender.',
    subject: 'Het onderwerp bevat woorden die deze afzender daar niet gebruikt.',
    'sender-name': 'De naam van de afzender is ongewoon.',
    wording: 'De tekst lijkt niet op wat deze afzender schrijft.',
    stranger: 'Het is geschreven door iemand die hier niet bekend is.',
    attachment: 'De bijlage lijkt niet op wat deze afzender bijvoegt.',
    path: 'Het kwam langs een ongewone weg.',
    addressee: 'Het was oorspronkelijk niet aan u gericht.',
    copy: 'Het lijkt een kopie van een ouder bericht.',
    burst: 'Er komen op dit moment ongewoon veel van zulke berichten.',
    'seen-elsewhere': 'Dezelfde contactgegevens staan in berichten van andere bedrijven.',
  },
  advice:
    'Bel geen nummers, open geen links of bijlagen en gebruik geen adressen die in dit bericht staan.',
  goTo: (vendor, address) =>
    `Of het echt is, vraagt u bij ${vendor} zelf na: typ ${address} in uw browser.`,
  goToKnown: (vendor) => `Of het echt is, vraagt u bij ${vendor} zelf na, zoals u dat altijd doet.`,
  addedBy: (hostname) => `Deze melding is toegevoegd door ${hostname}.`,
};
