/** Invented names as they occur in German schools, with umlauts, ß, hyphens and letters from elsewhere; and their usernames. */

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const childNames = words(`
  Mia Emma Hannah Sophia Lina Ella Mila Clara Lea Marie Anna Emilia Frieda Ida Greta Mathilda Lotte Paula Charlotte Zoë
  Chloé Jule Käthe Märta Sofie-Lou Anna-Lena Marie-Luise Elif Zeynep Ayşe Aylin Nour Amira Zofia Oksana Daria Lê-Mai
  Noah Leon Finn Paul Elias Emil Anton Theo Felix Jakob Moritz Oskar Henri Jonas Maximilian Jonathan Björn Jörn Götz
  René Jean-Paul Ben-Luca Till-Jörn Yusuf Emir Mehmet Ömer Ali Karim Łukasz Jakub Oleksandr Danylo Matteo Luca Thiago
  Leonie Merle Smilla Tilda Ronja Hedda Romy Ylva Malte Bosse Fiete Piet Levi Samuel David Raphael Vincent Konstantin
`);

export const adultNames = words(`
  Sabine Petra Monika Susanne Andrea Claudia Stefanie Nicole Katrin Birgit Heike Anja Silke Tanja Ute Kerstin Ulrike
  Gaby Käthe Bärbel Jördis Anne-Kathrin Eva-Maria Hannelore Marlies Fatma Emine Özlem Gülay Agnieszka Małgorzata Olena
  Thomas Michael Andreas Stefan Christian Markus Jürgen Jörg Günter Björn Götz Sören Rüdiger Frank Ralf Uwe Holger Dirk
  Matthias Karsten Torsten Hans-Peter Karl-Heinz Klaus-Jürgen Mehmet Mustafa İlker Hakan Tomasz Paweł Andrij Ngoc-Anh
  Sebastian Florian Tobias Philipp Benjamin Daniel Julia Sarah Katharina Melanie Sandra Nadine Yvonne Franziska Theresa
`);

export const familyNames = words(`
  Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf
  Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Meier Lehmann Köhler
  Maier Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich
  Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus
  Groß Großmann Strauß Preuß Voß Weißhaupt Süßmilch Grün Bräuer Kühn Jäger Grüneberg Löffler Brückner Stöhr Blümel
  Öztürk Yılmaz Şahin Çelik Demir Nowak Kowalski Wiśniewska Kovalenko Shevchenko Nguyễn Haddad Rossi Đorđević Søndergård
  Müller-Krumholz Weiß-Amberg Schäfer-Döring Groß-Tebbe Köster-Röhl Öhler-Sandkamp Thiele-Höhn Hübner-Große Ließ Prößl
`);

/** Letters that Unicode does not take apart into a base letter and a mark. */
const special: Readonly<Record<string, string>> = {
  ä: "ae",
  ö: "oe",
  ü: "ue",
  ß: "ss",
  ø: "oe",
  å: "aa",
  ł: "l",
  đ: "d",
  ı: "i",
};

/** `vorname.nachname` in plain ASCII: `Jördis Weiß-Amberg` becomes `joerdis.weiss-amberg`. */
export function usernameFor(givenName: string, familyName: string): string {
  return `${asciiName(givenName)}.${asciiName(familyName)}`;
}

function asciiName(name: string): string {
  return name
    .toLowerCase()
    .normalize("NFC")
    .replace(/[äöüßøåłđı]/g, (letter) => special[letter] ?? letter)
    .normalize("NFD")
    .replace(/[^a-z0-9-]/g, "");
}
