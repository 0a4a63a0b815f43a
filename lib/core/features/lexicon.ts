/**
 * Words that say something about what is asked, by group. Whole words only, lower case, English: text in other languages
 * is read by its length, structure and the request's own settings. Plurals in -s are added where the words are compiled.
 */

/** Each group is one bit, so that a word can stand in several. */
export const GROUP = {
  reasoning: 1,
  proof: 1 << 1,
  expert: 1 << 2,
  safety: 1 << 3,
  regulatory: 1 << 4,
  format: 1 << 5,
  condition: 1 << 6,
  fact: 1 << 7,
  label: 1 << 8,
  summarise: 1 << 9,
  compose: 1 << 10,
  longform: 1 << 11,
  makeCode: 1 << 12,
  codeNoun: 1 << 13,
  rewrite: 1 << 14,
  extract: 1 << 15,
  explain: 1 << 16,
  list: 1 << 17,
  instruct: 1 << 18,
  unit: 1 << 19,
} as const;

export type GroupName = keyof typeof GROUP;

export const LEXICON: readonly (readonly [groups: readonly GroupName[], words: string])[] = [
  [
    ['reasoning'],
    `why reason reasoning infer deduce conclude justify argue evaluate analyse analyze analysis compare contrast assess
     critique optimise optimize optimal optimum optimisation optimization tradeoff implication consequence hypothesis
     calculate compute solve solution estimate probability expected maximise maximize minimise minimize diagnose debug
     root cause strategy plan design architect architecture simulate predict forecast determine total remaining percent
     ratio average faster slower twice half per difference step`,
  ],
  [
    ['reasoning', 'proof'],
    `prove proof derive derivation theorem lemma corollary axiom contradiction induction disprove rigorous rigorously
     iff bijection isomorphic isomorphism invariant counterexample`,
  ],
  [
    ['expert'],
    `integral derivative differential gradient eigenvalue eigenvector matrix matrices vector polynomial prime modulo
     congruent congruence coefficient logarithm convergence converge convergent divergent topology topological manifold
     algebra algebraic calculus equation inequality trigonometric cosine sine tangent permutation combinatorial variance
     regression bayesian stochastic markov gaussian homomorphism finite subgroup abelian ring quadratic hypotenuse
     triangle polygon perpendicular subset integer divisor divisible factorial radius circumference angle parabola
     hyperbola ellipse inscribed circumscribed tetrahedron binomial arithmetic geometric sequence deviation quartile
     correlation`,
  ],
  [
    ['expert'],
    `molar molarity mole moles stoichiometry enthalpy entropy gibbs catalyst oxidation reduction redox ion ionic covalent
     electron proton neutron isotope isomer chirality enantiomer nucleophile electrophile reagent titration
     solubility polymer alkane alkene alkyne benzene aromatic ester aldehyde ketone amine nmr spectroscopy spectrum
     equilibrium acid acidic ph aqueous reaction compound wavelength photon quantum relativistic hamiltonian lagrangian
     schrodinger thermodynamic thermodynamics adiabatic isothermal entropic velocity acceleration momentum torque inertia
     capacitor capacitance inductor inductance impedance voltage resistor resistance magnetic electromagnetic flux
     diffraction refraction viscosity reynolds friction kinetic genome genotype phenotype allele chromosome mitosis meiosis
     enzyme substrate protein rna dna transcription mitochondria mitochondrial receptor ligand plasmid mutation mutant
     species evolutionary membrane osmosis planet stellar orbital orbit artery vein nerve neuron muscle tissue hormone
     gland cortex bacteria bacterial virus viral antibody immune ventricle beam torsion tensile turbine compressor
     steam btu psi kpa joule newton ohm watt rotor stator laplace fourier`,
  ],
  [
    ['expert', 'safety'],
    `patient clinical diagnosis prognosis symptom dose dosage dosing contraindication contraindicated medication
     prescribe prescription therapy tumour tumor carcinoma metastasis chemotherapy lesion hypertension hypotension
     diabetes diabetic insulin cardiac myocardial infarction ecg renal hepatic pulmonary pneumonia sepsis antibiotic
     anticoagulant warfarin heparin opioid morphine paediatric pediatric neonatal pregnancy pregnant fetal surgery
     surgical anaesthesia anesthesia biopsy radiograph mri haemoglobin hemoglobin platelet thyroid endocrine
     schizophrenia psychosis antidepressant adverse overdose triage vaccine syndrome disease disorder fever`,
  ],
  [
    ['expert', 'regulatory'],
    `plaintiff defendant statute statutory tort negligence liability liable indemnity indemnify contract contractual
     breach clause jurisdiction appellate appeal litigation lawsuit court judge jury testimony hearsay evidence
     constitutional amendment felony misdemeanor misdemeanour prosecution prosecutor probate trustee fiduciary easement
     lessee lessor tenancy mortgage patent trademark copyright infringement injunction arbitration damages estoppel
     treaty sovereignty ratification convention covenant warranty legal law lawful unlawful attorney counsel conviction`,
  ],
  [
    ['expert'],
    `depreciation amortisation amortization ebitda accrual ledger equity dividend bond coupon yield derivative hedge
     volatility portfolio arbitrage npv irr wacc liquidity solvency fiscal monetary inflation elasticity marginal
     macroeconomic microeconomic oligopoly monopoly taxable deduction deductible annuity actuarial underwriting
     valuation securities collateral gdp tariff deficit unemployment aggregate`,
  ],
  [
    ['expert'],
    `algorithm complexity asymptotic recursion recursive concurrency deadlock mutex semaphore kernel compiler
     cryptography cryptographic cipher encryption decrypt rsa tls kubernetes distributed consensus raft paxos sharding
     idempotent latency throughput database transaction isolation bytecode heap pointer segfault race microservice
     regex tensor backpropagation transformer neural binary boolean cache packet tcp overfitting classifier`,
  ],
  [['expert'], `utilitarian deontological epistemology ontology metaphysics kant syllogism premise fallacy`],
  [
    ['expert', 'safety'],
    'vulnerability exploit malware ransomware phishing injection overflow privilege escalation payload',
  ],
  [
    ['safety'],
    `suicide suicidal harm kill killing weapon explosive bomb poison toxic overdosed abuse abusive assault
     violence violent minor child emergency injury injured death fatal lethal hazard hazardous dangerous danger
     drug alcohol crisis threat terrorism terrorist hostage stalking harassment`,
  ],
  [
    ['regulatory'],
    `gdpr hipaa pci sox ccpa kyc aml fda ema finra sec mifid basel dora soc audit auditor auditable compliance compliant
     regulation regulatory regulator sanction sanctions consent confidential personal sensitive privacy retention
     disclosure attestation`,
  ],
  [
    ['format'],
    `json jsonl yaml xml csv tsv html markdown table schema column field key format formatted
     template bullet uppercase lowercase verbatim iso regex latex`,
  ],
  [
    ['condition'],
    `if unless otherwise except only must never always exactly whenever provided else neither nor either both cannot
     without before after until while when then finally`,
  ],
  [
    ['fact'],
    `who whom whose when where which year date cite citation source reference quote statistic
     population capital latest recent current history historical according born died president record founded`,
  ],
  [['label', 'instruct'], 'classify categorise categorize label tag triage'],
  [
    ['summarise', 'instruct'],
    'summarise summarize summary summarising summarizing condense tldr gist abstract shorten',
  ],
  [['compose', 'instruct'], 'write draft compose author'],
  [
    ['longform'],
    `essay article story report blog chapter novel whitepaper proposal speech script thesis dissertation documentation
     guide tutorial handbook`,
  ],
  [['makeCode', 'instruct'], 'implement refactor code program port write create build fix complete add'],
  [
    ['codeNoun'],
    `function method class script program api endpoint module component unittest typescript javascript python java rust
     golang kotlin swift sql query bash dockerfile algorithm code`,
  ],
  [['rewrite', 'instruct'], 'rewrite rephrase paraphrase translate proofread reformat convert correct edit'],
  [['extract', 'instruct'], 'extract parse identify find return'],
  [['explain', 'instruct'], 'explain describe discuss elaborate teach clarify'],
  [['list', 'instruct'], 'list enumerate brainstorm suggest recommend outline'],
  [['instruct'], 'give provide generate produce make show include use ensure answer respond reply output format name'],
];

/** Tokens one of these costs in an answer: "three sentences". English words run at about 1.35 tokens each. */
export const UNIT_TOKENS: Readonly<Record<string, number>> = {
  word: 1.35,
  character: 0.25,
  sentence: 25,
  line: 14,
  bullet: 25,
  point: 30,
  item: 20,
  example: 60,
  step: 35,
  paragraph: 110,
  section: 250,
  page: 650,
};
