// Shown inside the frame while a page reads its data.
export { Loading as default } from "#components/ui/loading.tsx";
