// When even the document around the pages fails: no texts, no styles can be counted on, so it brings both languages.
"use client";
import fallback from "../messages/fallback.json";

export default function GlobalError({ error }: { readonly error: Error & { readonly digest?: string } }) {
  return (
    <html lang="de">
      <body>
        {[fallback.de, fallback.en].map(({ title, text, id }, index) => (
          <section key={title} lang={index === 0 ? "de" : "en"}>
            <h1>{title}</h1>
            <p>{text}</p>
            {error.digest === undefined ? null : (
              <p>
                {id} {error.digest}
              </p>
            )}
          </section>
        ))}
      </body>
    </html>
  );
}
