// Package logins has franz-go log in: each mechanism with and without TLS, and by certificate, right and wrong.
package logins

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// Two sessions, as long as serve.py makes them.
const stay = 3 * time.Second

var alice, carol = os.Getenv("ALICE"), os.Getenv("CAROL")

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// trusting shows a certificate if `shown` names the folder of one.
func trusting(t *testing.T, folder, shown string) *tls.Config {
	t.Helper()
	pem, err := os.ReadFile(os.Getenv(folder) + "/ca.pem")
	check(t, err)
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	config.RootCAs.AppendCertsFromPEM(pem)
	if shown != "" {
		alice := os.Getenv(shown) + "/alice.pem"
		certificate, err := tls.LoadX509KeyPair(alice, alice)
		check(t, err)
		// As it is, whoever the node says it trusts.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &certificate, nil }
	}
	return config
}

func client(t *testing.T, listener string, config *tls.Config, mechanism sasl.Mechanism, more ...kgo.Opt) *kgo.Client {
	t.Helper()
	options := append(more, kgo.SeedBrokers(os.Getenv(listener)), kgo.AllowAutoTopicCreation())
	if config != nil {
		options = append(options, kgo.DialTLSConfig(config))
	}
	if mechanism != nil {
		options = append(options, kgo.SASL(mechanism))
	}
	made, err := kgo.NewClient(options...)
	check(t, err)
	t.Cleanup(made.Close)
	return made
}

func token(name string) sasl.Mechanism { return oauth.Auth{Token: os.Getenv(name)}.AsMechanism() }

// mechanisms of a listener: only SECURE wants its tokens signed, and the other takes only those that are not.
func mechanisms(listener string) map[string]sasl.Mechanism {
	return map[string]sasl.Mechanism{
		"PLAIN":         plain.Auth{User: "alice", Pass: alice}.AsMechanism(),
		"SCRAM-SHA-256": scram.Auth{User: "carol", Pass: carol}.AsSha256Mechanism(),
		"SCRAM-SHA-512": scram.Auth{User: "carol", Pass: carol}.AsSha512Mechanism(),
		"OAUTHBEARER":   token(map[string]string{"BOOTSTRAP": "UNSIGNED", "SECURE": "TOKEN"}[listener]),
	}
}

func right(t *testing.T, listener string, config *tls.Config, mechanism sasl.Mechanism) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	topic, sent := fmt.Sprintf("logins-%x", rand.Uint64()), 0
	producer := client(t, listener, config, mechanism)
	for end := time.Now().Add(stay); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		check(t, producer.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte("x")}).FirstErr())
		sent++
	}
	consumer := client(t, listener, config, mechanism, kgo.ConsumerGroup(topic), kgo.ConsumeTopics(topic))
	for seen := 0; seen < sent; {
		fetches := consumer.PollFetches(ctx)
		check(t, fetches.Err())
		seen += fetches.NumRecords()
	}
}

func refusal(t *testing.T, listener string, config *tls.Config, mechanism sasl.Mechanism) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := client(t, listener, config, mechanism).Ping(ctx)
	if err == nil {
		t.Fatal("it was let in")
	}
	if strings.Contains(err.Error(), "planted") {
		t.Fatal("a secret is told: ", err)
	}
	return err
}

func TestRight(t *testing.T) {
	for listener, config := range map[string]*tls.Config{"BOOTSTRAP": nil, "SECURE": trusting(t, "OWN", "")} {
		for name, mechanism := range mechanisms(listener) {
			t.Run(name+" "+listener, func(t *testing.T) { right(t, listener, config, mechanism) })
		}
	}
	t.Run("certificate", func(t *testing.T) { right(t, "MUTUAL", trusting(t, "OWN", "OWN"), nil) })
}

func TestWrongPasswordsAndTokens(t *testing.T) {
	wrong := map[string]sasl.Mechanism{
		"PLAIN":         plain.Auth{User: "alice", Pass: carol}.AsMechanism(),
		"SCRAM-SHA-256": scram.Auth{User: "carol", Pass: alice}.AsSha256Mechanism(),
		"SCRAM-SHA-512": scram.Auth{User: "alice", Pass: alice}.AsSha512Mechanism(),
		"OAUTHBEARER":   token("EXPIRED"),
	}
	for name, mechanism := range wrong {
		for listener, config := range map[string]*tls.Config{"BOOTSTRAP": nil, "SECURE": trusting(t, "OWN", "")} {
			t.Run(name+" "+listener, func(t *testing.T) {
				t.Parallel()
				if err := refusal(t, listener, config, mechanism); name != "OAUTHBEARER" && !errors.Is(err, kerr.SaslAuthenticationFailed) {
					t.Fatal(err)
				}
			})
		}
	}
}

func TestWrongCertificates(t *testing.T) {
	for name, config := range map[string]*tls.Config{
		"none": trusting(t, "OWN", ""), "of a stranger": trusting(t, "OWN", "OTHER"), "the node is a stranger": trusting(t, "OTHER", "OWN"),
	} {
		t.Run(name, func(t *testing.T) {
			if err := refusal(t, "MUTUAL", config, nil); !strings.Contains(err.Error(), "tls: ") {
				t.Fatal(err)
			}
		})
	}
}

func TestAnAdministratorMakesUsers(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	config := trusting(t, "OWN", "")
	admin := kadm.NewClient(client(t, "SECURE", config, mechanisms("SECURE")["SCRAM-SHA-512"]))
	made, err := admin.AlterUserSCRAMs(ctx, nil, []kadm.UpsertSCRAM{
		{User: "erin", Mechanism: kadm.ScramSha256, Iterations: 5000, Password: "planted-erin"},
	})
	check(t, err)
	check(t, made.Error())
	erin := scram.Auth{User: "erin", Pass: "planted-erin"}.AsSha256Mechanism()
	check(t, client(t, "SECURE", config, erin).Ping(ctx))
	told, err := admin.DescribeUserSCRAMs(ctx, "erin")
	check(t, err)
	if infos := told["erin"].CredInfos; len(infos) != 1 || infos[0].Iterations != 5000 {
		t.Fatal(infos)
	}
	gone, err := admin.AlterUserSCRAMs(ctx, []kadm.DeleteSCRAM{{User: "erin", Mechanism: kadm.ScramSha256}}, nil)
	check(t, err)
	check(t, gone.Error())
	refusal(t, "SECURE", config, erin)
}
