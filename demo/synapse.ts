// A real Synapse beside us: installed from the Python package index, started with our module and the shipped
// hardening, and given the provisioner's account. The parts lie in demo/synapse/.
export { SynapseError } from "./synapse/error.ts";
export { ensureSynapseInstalled, type SynapseInstallation } from "./synapse/install.ts";
export { ensureProvisioner, type Provisioner } from "./synapse/provisioner.ts";
export { startSynapse, startSynapseWorker, type RunningSynapse, type SynapseOptions } from "./synapse/run.ts";
