-- Organisations that are no schools, and what they stand below: changes alone name people of departments, and not whose
-- departments these are.

CREATE TABLE "sync_organisation" (
    "source" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "parent_id" TEXT,

    CONSTRAINT "sync_organisation_pkey" PRIMARY KEY ("source", "id")
);

-- what the table lacks only a whole list brings: without cursors the next run reads everything
DELETE FROM "sync_cursor";
