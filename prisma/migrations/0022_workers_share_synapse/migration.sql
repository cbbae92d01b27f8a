-- Workers tell each other that they live, and that Synapse has asked for a pause: its budget is for all of them.
CREATE TABLE "synapse_client" (
    "id" UUID NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "paused_until" TIMESTAMPTZ(3),

    CONSTRAINT "synapse_client_pkey" PRIMARY KEY ("id")
);

-- Accounts are compared with Synapse in turn, as rooms are.
ALTER TABLE "person" ADD COLUMN "account_verified_at" TIMESTAMPTZ(3);
CREATE INDEX person_account_to_verify ON person (account_verified_at NULLS FIRST, id)
  WHERE account_state IN ('active', 'locked', 'deactivated');

-- Somebody was removed from one of the provisioner's own rooms, or its levels were changed there.
ALTER TYPE "room_concern" ADD VALUE 'kept';
