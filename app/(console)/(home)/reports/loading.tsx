// Shown inside the frame while cases are read.
export { Loading as default } from "#components/ui/loading.tsx";
