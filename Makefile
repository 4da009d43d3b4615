# SPDX-License-Identifier: GPL-2.0
#
# The commands of this project: "make help" lists them. The work is done by
# scripts/; here is only what each command needs on the host and which script
# it is.

KERNEL ?= 6.12
ARCH   ?= x86_64
O      ?= build
export KERNEL KDIR ARCH O V J TESTS TREE SANITIZER MUTANTS PEERS EXPERIMENT \
       PATCH RUN TEST GDB TIMES HOSTS KERNELS ARCHES MACHINES SANITIZERS \
       BATCH

# Debian's Python, which has Debian's modules, whatever else is in PATH.
PYTHON := /usr/bin/python3 -B

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the commands
	@sed -n 's/^\([a-z]*\):.* ## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

.PHONY: setup-run setup-docs setup-check setup-coverage setup-peers setup-matrix
setup-run setup-docs setup-check setup-coverage setup-peers setup-matrix: setup-%:
	@scripts/setup.sh run $*

.PHONY: run
run: setup-run ## overlay, build, boot, KUnit and kselftests, verdict [TESTS=glob] [SANITIZER=kcsan|kasan]
	@$(PYTHON) scripts/run.py run

.PHONY: kselftest
kselftest: setup-run ## the kernel's kselftest-install, run_kselftest.sh in the guest
	@$(PYTHON) scripts/run.py kselftest

.PHONY: locksets
locksets: setup-run ## which locks are held on each hotplug path, compared with the rules
	@$(PYTHON) scripts/locksets.py

.PHONY: repro
repro: setup-run ## one test again, on the kernel of a run: RUN=id TEST=name [GDB=1]
	@$(PYTHON) scripts/repro.py

.PHONY: repeat
repeat: setup-run ## all suites and boots many times: is any test flaky? [TIMES=20] [TESTS=glob]
	@$(PYTHON) scripts/repeat.py

.PHONY: kunit
kunit: export ARCH := $(if $(filter file,$(origin ARCH)),um,$(ARCH))
kunit: setup-run ## the kernel's kunit.py run, under UML unless ARCH= is given
	@$(PYTHON) scripts/run_kunit.py

.PHONY: htmldocs
htmldocs: setup-docs ## the kernel's htmldocs of admin-guide/mm
	@$(PYTHON) scripts/run_htmldocs.py

.PHONY: audit
audit: setup-run ## who looks at CPU masks or takes a lock on the hotplug paths, against the rules
	@$(PYTHON) scripts/audit.py

.PHONY: rules
rules: setup-run ## write the documentation's tables anew, from scripts/rules
	@$(PYTHON) scripts/rules_doc.py

.PHONY: overlay
overlay: ## lay our files and hooks over a kernel tree: TREE=/path/to/linux
	@$(PYTHON) scripts/overlay_tree.py

.PHONY: patches
patches: setup-run setup-check ## the same as patches for "git am" [KDIR=/path/to/linux]
	@$(PYTHON) scripts/patches.py

.PHONY: lint
lint: setup-check ## checkpatch, kernel-doc, sparse, W=1, shellcheck, SPDX
	@$(PYTHON) scripts/run_lint.py

.PHONY: figures
figures: setup-run ## draw the documentation's figures anew
	@$(PYTHON) scripts/figures.py

.PHONY: check
check: setup-docs setup-check setup-peers setup-matrix ## the project's own tests, canaries and seeded bugs included [MUTANTS=all]
	@$(PYTHON) scripts/check.py

.PHONY: experiment
experiment: setup-run setup-check ## all tests on a kernel that takes cpu_hotplug_lock elsewhere: EXPERIMENT=name
	@$(PYTHON) scripts/experiment.py

.PHONY: mutants
mutants: setup-run setup-check $(if $(PEERS),setup-peers) ## each seeded bug of a folder: which test finds it, how soon [MUTANTS=folder] [PEERS=1]
	@$(PYTHON) scripts/killmatrix.py

.PHONY: verdict
verdict: setup-run setup-check ## what a patch changes, the kernel without it beside: PATCH=file.patch|.cocci [TESTS=globs]
	@$(PYTHON) scripts/patch_verdict.py

.PHONY: matrix
matrix: setup-matrix $(if $(MUTANTS),setup-check) ## all boots over kernels, archs, machines, sanitizers [HOSTS=file] [KERNELS=] [ARCHES=] [MACHINES=] [SANITIZERS=] [MUTANTS=folder] [TESTS=globs] [BATCH=folder]
	@$(PYTHON) scripts/matrix.py

.PHONY: coverage
coverage: setup-run setup-coverage ## lines and branches that boot, upstream's script and our kselftests execute
	@$(PYTHON) scripts/coverage.py

.PHONY: bench
bench: setup-run setup-peers setup-matrix ## what hotplug costs, over nodes, blocks, caches and CPUs; time to a verdict [PARTS=names]
	@$(PYTHON) scripts/bench.py

.PHONY: bench-baseline
bench-baseline: ## store runs of make bench, to compare later ones with: RUNS='id id id'
	@$(PYTHON) scripts/bench_baseline.py
