# shellcheck shell=bash disable=SC2034 # sourced by the others
# What the scripts of this folder share. Put the folder where all machines see it, under the same name on
# each, and change this file; names below are relative to the folder. nicetools-cluster(7) explains the rest.

MODEL=data/nice.safetensors                 # what scores the records; all machines must see it
NORMAL=(data/normal-1.u8 data/normal-2.u8)  # normal records, which set the threshold
RECORDS=(data/digits.u8 data/kana.u8)       # records to decide about, in this order
RECORD_BYTES=784                            # of each of the latter
METHOD=sigma:3                              # of nicestat: what sums are enough for; others keep all numbers
SHARDS=8                                    # some for each processor of all machines
THREADS=1                                   # of each process
OUT=out                                     # a folder for the results

# Of train.sbatch, which makes the model: its records, options of nicetrain, and what srun starts it by, as
# nicetrain-mpi was built: pmix for Open MPI, pmi2 for MPICH.
TRAIN=(data/train.u8)
OPTIONS=(-t u8 -d 28x28 --mid 64 --hidden 2 --epochs 3 --batch 64 --micro-batch 16 --lr 0.002 --noise 12)
MPI=pmix

# Of parallel.sh: what GNU parallel's --sshlogin takes, such as 4/alpha,8/beta; ":" is this machine alone.
HOSTS=:

# If nicetools is not where all machines look for programs:
# PATH=/shared/nicetools/bin:$PATH
