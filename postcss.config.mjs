// Tailwind 4 is a PostCSS plugin; its tokens stand in app/theme.css.
const config = { plugins: { "@tailwindcss/postcss": {} } };

export default config;
