// Something of this school that is not there, inside the frame.
export { NotFound as default } from "#components/ui/not-found.tsx";
