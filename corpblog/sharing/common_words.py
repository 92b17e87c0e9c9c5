"""Words that say nothing new: with one of them in capitals a sentence begins, and none of them is anybody's name.

And words that are facts although they are neither capitals nor digits. English and French, without case and accents.
"""

from typing import Final

_SMALL: Final = """
a about after again all almost already also always am an and another any are around as at back be because been before
being between big both but by came can come could day days did do does done each end even every everybody everyone
finally find first for from full further get glad go going good got great had happy hard has have he her here hers him
his how i if in indeed inside into is it its join just keep know last later learn let like little ll long look lot love
made make many may maybe me meet might mine more most much must my near new next now of off often ok on once only
open or other our ours out over own part people please proud quite rather re read ready really right s said same say see
she should since so some something soon still such sure t take team teams tell than thank thanks that the their them
then there these they thing things think this those through time to today together tomorrow too try up us use ve very
was watch way we week well were what when where which while who whole why wide will wish with work working world worth
would wow year yes yesterday yet you your yours excited amazing wonderful fantastic colleague colleagues check discover
congratulations happening honoured honored delighted thrilled
a afin ai ainsi allez alors apres au aujourd aussi autant autour autre autres aux avant avec avez avons beau beaucoup
belle bien bientot bonjour bonne bravo c ca ce cela ces cet cette ceux chacun chaque chers chez collegue collegues comme
comment contre d dans de decouvrez deja demain depuis des devant donc du elle elles en encore enfin ensemble
entre equipe equipes es est et etaient etait ete etes etions etre eu eux excellent faire fait fiere fier fiers fieres
font formidable grand grande grands heureuse heureux hier hui ici il ils j je jour jours juste l la le les leur leurs
lisez lors lui m ma magnifique maintenant mais me mes mieux moi moins mois mon monde n nos notre nous nouveau nouveaux
nouvelle nouvelles on ont ou oui par parce parmi partout pendant petit petite peu plus pour pourquoi puis qu quand que
quel quelle quelques qui quoi ravi ravie ravis regardez rejoignez s sa se ses si soir sommes son sont suis sur surtout
t ta te tellement tes toi ton toujours tous tout toute toutes travail tres trop tu un une va venez vers voici voila vos
votre vous vraiment y merci
"""
_NUMBERS: Final = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions
billion billions dozen dozens half quarter double twice triple percent
deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze seize vingt vingts trente quarante
cinquante soixante septante octante nonante cent cents mille milliard milliards douzaine dizaine dizaines centaine
centaines millier milliers moitie demi demie tiers quart pourcent
january february march april june july august september october november december monday tuesday wednesday thursday
friday saturday sunday janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre lundi mardi
mercredi jeudi vendredi samedi dimanche
"""
_NEGATIONS: Final = """
not no never none nor neither without cannot nobody nothing nowhere hardly barely
ne n pas jamais aucun aucune sans ni rien non nul nulle guere
"""

SMALL: Final = frozenset(_SMALL.split())
NUMBERS: Final = frozenset(_NUMBERS.split())
NEGATIONS: Final = frozenset(_NEGATIONS.split())
