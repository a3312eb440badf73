# The course of a training, from the table that nicetrain --log writes.
#   gnuplot -e "log='train.tsv'; out='x.png'" training.gp
set terminal png size 900,500
set output out
set datafile separator tab
set key bottom right
set xrange [0:*]
set xlabel "epoch"
set ylabel "mean log-likelihood (nats)"
set y2label "stdev of the held-out ones (nats)"
set ytics nomirror
set y2tics
set y2range [0:*]
plot log skip 1 using 1:5 with linespoints linecolor "blue" title "training records, with noise", \
     log skip 1 using 1:6 with linespoints linecolor "red" title "held-out records", \
     log skip 1 using 1:7 axes x1y2 with lines linecolor "gray" title "stdev of the held-out ones"
