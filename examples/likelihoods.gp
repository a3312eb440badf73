# Two sets of log-likelihoods and the threshold between them, as histograms.
#   gnuplot -e "normal='a.ll'; anomalous='b.ll'; threshold=1; out='x.png'" likelihoods.gp
if (!exists("terminal")) terminal = "png"
if (terminal eq "svg") set terminal svg size 900,500 dynamic background "white"; else set terminal png truecolor size 900,500
set output out
stats normal nooutput name "N"
stats anomalous nooutput name "A"
low = A_lo_quartile - 2 * (A_up_quartile - A_lo_quartile)
if (N_min < low) low = N_min
width = (N_max - low) / 80
bin(x) = width * (floor((x < low ? low : x) / width) + 0.5)
set style fill transparent solid 0.5 noborder
set boxwidth width
set xlabel "log-likelihood (nats)"
set ylabel "records"
set key left top
set arrow from threshold, graph 0 to threshold, graph 1 nohead linewidth 2 linecolor "black"
set label "threshold" at threshold, graph 0.96 right offset -1
plot normal using (bin($1)):(1) smooth frequency with boxes linecolor "blue" title "normal", \
     anomalous using (bin($1)):(1) smooth frequency with boxes linecolor "red" title "anomalous"
