// For everybody but support and the state these pages are not there; for a party the case is not.
export { NotFound as default } from "#components/ui/not-found.tsx";
