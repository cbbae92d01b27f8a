// A page that failed, inside the frame of the console: the way elsewhere stays open.
"use client";
export { Failure as default } from "#components/ui/failure.tsx";
