// Shown inside the frame of the console while a page reads its data.
export { Loading as default } from "#components/ui/loading.tsx";
