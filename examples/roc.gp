# Two sets of log-likelihoods as histograms, and the ROC curve between them.
#   niceroc --curve a.ll b.ll > curve
#   gnuplot -e "normal='a.ll'; anomalous='b.ll'; curve='curve'; auroc='0.97'; out='x.png'" roc.gp
if (!exists("terminal")) terminal = "png"
if (terminal eq "svg") set terminal svg size 1200,500 dynamic background "white"; else set terminal png truecolor size 1200,500
set output out
stats normal nooutput name "N"
stats anomalous nooutput name "A"
# Down to where the lower quartile of the anomalous ones lies, and twice their spread further, but not
# more than twenty times the spread of the normal ones below these; what is less is in the first bin.
spread = N_up_quartile - N_lo_quartile
low = A_lo_quartile - 2 * (A_up_quartile - A_lo_quartile)
if (low > N_lo_quartile - 3 * spread) low = N_lo_quartile - 3 * spread
if (low < N_lo_quartile - 20 * spread) low = N_lo_quartile - 20 * spread
high = N_max > A_max ? N_max : A_max
width = (high - low) / 80
bin(x) = width * (floor((x < low ? low : x) / width) + 0.5)
set multiplot layout 1,2
set style fill transparent solid 0.5 noborder
set boxwidth width
set xlabel "log-likelihood (nats)"
set ylabel "share of the records (%)"
set logscale y
set yrange [0.01:100]
set format y "%g"
set xrange [low - width : high + width]
set xtics autofreq
set key outside center top horizontal
plot normal using (bin($1)):(100.0 / N_records) smooth frequency with boxes linecolor "blue" title "normal", \
     anomalous using (bin($1)):(100.0 / A_records) smooth frequency with boxes linecolor "red" title "anomalous"
set xlabel "false positive rate"
set ylabel "true positive rate"
unset logscale y
set logscale x
set xrange [1e-4:1]
set yrange [0:1]
set format x "%g"
set grid linecolor "grey80"
plot curve using ($1 > 0 ? $1 : 1e-9):2 with lines linewidth 2 linecolor "blue" title "AUROC ".auroc, \
     x with lines dashtype 2 linecolor "grey50" title "by chance"
unset multiplot
