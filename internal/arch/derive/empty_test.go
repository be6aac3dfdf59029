package derive

var appFixtures, accessFixtures, kubeFixtures, composeFixtures, systemFixtures, hiddenFixtures []fixture
