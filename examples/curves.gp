# Two ROC curves, from niceroc --curve: what is missed against what is flagged, where both are rare.
#   gnuplot -e "a='kana.curve'; b='clothes.curve'; out='x.png'" curves.gp
set terminal png size 900,500
set output out
set logscale xy
set xrange [1e-4:1]
set yrange [1e-4:1]
set grid
set xlabel "share of normal records that are flagged (false positives)"
set ylabel "share of anomalies that are missed (1 - true positives)"
plot a using 1:(1 - $2) with steps linecolor "red" title system("basename ".a." .curve"), \
     b using 1:(1 - $2) with steps linecolor "blue" title system("basename ".b." .curve")
