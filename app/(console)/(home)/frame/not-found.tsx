// For everybody but state administrators these pages are not there.
export { NotFound as default } from "#components/ui/not-found.tsx";
