// Names as they are common at schools, put together by number: no person is meant. As expressions of SQL over `n`.

const FAMILY =
  "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber Graf Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer Yılmaz Kaya Demir Şahin Çelik Yıldız Öztürk Aydın Nguyen Tran Kowalski Nowak Popović Ivanova Haddad Hassan Rahimi Petrescu";
const GIVEN =
  "Anna Ben Mia Paul Emma Leon Hannah Finn Lina Elias Lea Noah Marie Luis Lena Felix Leonie Jonas Emilia Lukas Sophie Maximilian Clara Tim Laura Jan Johanna Moritz Ida David Mila Jakob Frieda Anton Greta Emil Charlotte Oskar Mathilda Karl Luisa Theo Amelie Fritz Nele Mats Pia Ole Zoë René Jörg Käthe Björn Söhnke Ayşe Emre Elif Mehmet Zeynep Ömer Fatima Ali Layla Omar Olga Ivan Nadia Marek Thị-Mai Anna-Lena Karl-Heinz Eva-Maria Lea-Sophie Jan-Ole";

const picked = (names: string, index: string): string => {
  const list = names.split(" ");
  return `('{${list.join(",")}}'::text[])[1 + (${index}) % ${String(list.length)}]`;
};

/** Every sixteenth family has two names. */
export const FAMILY_NAME = `${picked(FAMILY, "n * 7 + n / 1600")} || CASE WHEN n % 16 = 3 THEN '-' || ${picked(FAMILY, "n / 3")} ELSE '' END`;
export const GIVEN_NAME = picked(GIVEN, "n * 11 + n / 977");

/** What people type: begins, whole names in either order, without umlauts, with a slip, and names that nobody has. */
export const SEARCHES: readonly string[] = [
  "mül",
  "anna",
  "Schmidt",
  "schmidt anna",
  "Anna Müller",
  "mueller",
  "lena mey",
  "kr",
  "Öztürk",
  "oeztuerk emre",
  "gross",
  "Schumacher",
  "Schuhmacher",
  "yildiz",
  "hof ma",
  "anna-lena",
  "karlheinz",
  "b",
  "Weißmann",
  "xaver",
  "jan ole bergmann",
  "Fischr",
  "petrescu",
  "thi mai",
  "zoe",
  "Familie",
  "schäfer-",
  "müller-schmidt",
];
