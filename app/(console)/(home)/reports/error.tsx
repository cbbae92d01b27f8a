// A page of reports that failed, inside the frame: the way elsewhere stays open.
"use client";
export { Failure as default } from "#components/ui/failure.tsx";
